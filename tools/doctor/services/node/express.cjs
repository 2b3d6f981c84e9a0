const express = require("express");

const app = express();
app.get("/proxy", async (request, response) => {
  const answer = await fetch(request.query.url);
  response.status(answer.status).send(await answer.text());
});
app.listen(Number(process.env.PORT), "127.0.0.1");
