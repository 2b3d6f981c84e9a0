/** A DNS server for one name, whose addresses a test changes as a cluster would when pods come and go. */

export interface NameServer extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
  /** Sets the IPv4 addresses of the next answers. */
  answer(addresses: readonly string[]): void;
}

const headerBytes = 12;
const typeA = 1;

/**
 * Every name has the same A records, and no other records.
 * @see https://www.rfc-editor.org/rfc/rfc1035#section-4.1
 */
export async function startNameServer(first: readonly string[]): Promise<NameServer> {
  let addresses = first;
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: {
      data: (server, query, port, sender) => void server.send(reply(query, addresses), port, sender),
    },
  });
  return {
    address: `127.0.0.1:${socket.port}`,
    answer: (next) => {
      addresses = next;
    },
    [Symbol.asyncDispose]: async () => socket.close(),
  };
}

function reply(query: Buffer, addresses: readonly string[]): Buffer {
  const question = query.subarray(headerBytes, endOfQuestion(query));
  const wanted = question.readUInt16BE(question.length - 4) === typeA ? addresses : [];
  const header = Buffer.alloc(headerBytes);
  query.copy(header, 0, 0, 2);
  // Flags: authoritative answer, recursion available, no error. One question.
  header.writeUInt16BE(0x8580, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(wanted.length, 6);
  return Buffer.concat([header, question, ...wanted.map(record)]);
}

/** The name is a list of labels, each after its length, and an empty one at the end. Type and class follow. */
function endOfQuestion(query: Buffer): number {
  let at = headerBytes;
  while (query[at] !== undefined && query[at] !== 0) at += (query[at] ?? 0) + 1;
  return at + 5;
}

/** A pointer to the name in the question; type A, class IN, TTL 0, four bytes. */
function record(address: string): Buffer {
  return Buffer.from([0xc0, headerBytes, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split(".").map(Number)]);
}
