/** Writes files as a tar (ustar): names, lengths and bytes, nothing else. */
export function tar(files: Iterable<readonly [name: string, content: Blob | Uint8Array<ArrayBuffer>]>): Blob {
  const parts: BlobPart[] = [];
  for (const [name, content] of files) {
    const size = content instanceof Blob ? content.size : content.length;
    parts.push(header(name, size), content, new Uint8Array(-size & 511));
  }
  parts.push(new Uint8Array(1024));
  return new Blob(parts, { type: "application/x-tar" });
}

function header(name: string, size: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(512);
  const put = (at: number, text: string) => void new TextEncoder().encodeInto(text, block.subarray(at));
  put(0, name);
  put(100, "0000644\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${size.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\x0000");
  const sum = block.reduce((sum, byte) => sum + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}
