import { once } from "node:events";
import { connect } from "node:net";

/**
 * Writes the head of a request as it is, and a body.
 * @returns All that the server answers until it closes.
 */
export async function exchange(url: URL, head: readonly string[], body = ""): Promise<string> {
  const socket = connect(Number(url.port), url.hostname, () => socket.write(`${head.join("\r\n")}\r\n\r\n${body}`));
  let answer = "";
  socket.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  await once(socket, "close");
  return answer;
}
