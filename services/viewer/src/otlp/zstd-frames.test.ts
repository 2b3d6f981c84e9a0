import { expect, test } from "bun:test";
import { constants, zstdCompressSync } from "node:zlib";
import { unpack } from "./unpack.ts";
import { isWholeZstd } from "./zstd-frames.ts";

const TEXT = Buffer.from(Array.from({ length: 5_000 }, (_, index) => `line ${index * 7919}`).join("\n"));
const CHECKSUM = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const SKIPPABLE = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

const WHOLE: readonly (readonly [string, Buffer])[] = [
  ["one frame", zstdCompressSync(TEXT)],
  ["with a checksum", zstdCompressSync(TEXT, CHECKSUM)],
  ["nothing", zstdCompressSync(Buffer.alloc(0))],
  ["many blocks", zstdCompressSync(Buffer.concat(Array.from({ length: 30 }, () => TEXT)))],
  ["one byte over and over", zstdCompressSync(Buffer.alloc(1_000_000, "x"))],
  [
    "two frames, and one to skip between them",
    Buffer.concat([zstdCompressSync("a"), SKIPPABLE, zstdCompressSync("b")]),
  ],
];

test.each(WHOLE)("%s is whole, and is not where anything is missing or more", (_name, bytes) => {
  expect(isWholeZstd(bytes)).toBeTrue();
  expect(isWholeZstd(Buffer.concat([bytes, Buffer.from("x")]))).toBeFalse();
  const hasFrames = bytes.includes(SKIPPABLE);
  const cuts = Array.from({ length: Math.min(bytes.length, 300) }, (_, index) =>
    bytes.subarray(0, bytes.length - 1 - index),
  );
  // Between two frames a cut cannot be seen.
  if (!hasFrames) expect(cuts.filter(isWholeZstd)).toEqual([]);
});

test("what is cut off is refused, and not taken as far as it goes", async () => {
  const bytes = zstdCompressSync(TEXT);
  expect((await unpack(bytes, "zstd", 1_000_000)).length).toBe(TEXT.length);
  await expect(unpack(bytes.subarray(0, -1), "zstd", 1_000_000)).rejects.toThrow("cut off");
});
