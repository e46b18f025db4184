/** A stream of bytes as lines of text, of which never more than one is in memory whole. */

/** No link is longer: details are bounded by the broker. Whoever serves a longer line wants to fill the memory. */
const LONGEST_LINE = 4_000_000;

/** What was to be read line by line is no text, or a line of it has no end. */
export class NoLinesError extends Error {
  override readonly name = "NoLinesError";
}

/** The lines of a stream, without their ends; throws `NoLinesError`, or what the stream itself fails with. */
export async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const pieces = (rest + decoded(decoder, part.value)).split("\n");
      rest = pieces.pop() ?? "";
      if (rest.length > LONGEST_LINE) throw new NoLinesError("a line without end");
      yield* pieces;
    }
    rest += decoded(decoder);
    if (rest !== "") yield rest;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function decoded(decoder: TextDecoder, bytes?: Uint8Array<ArrayBuffer>): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch (error) {
    throw new NoLinesError("no UTF-8", { cause: error });
  }
}
