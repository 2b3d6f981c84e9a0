import requests
from flask import Flask, request

app = Flask(__name__)


@app.get("/proxy")
def proxy():
    answer = requests.get(request.args["url"], timeout=10)
    return answer.text, answer.status_code
