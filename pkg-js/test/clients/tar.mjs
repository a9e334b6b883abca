// Reads the plain files of a tar archive.

/** @returns {Map<string, Buffer>} */
export function entries(archive) {
  const files = new Map();
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
    const header = archive.subarray(at, at + 512);
    const size = Number.parseInt(field(header, 124, 12), 8) || 0;
    const prefix = field(header, 345, 155);
    const name = field(header, 0, 100);
    files.set((prefix ? `${prefix}/` : "") + name, archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

const field = (header, at, length) =>
  header
    .toString("latin1", at, at + length)
    .split("\0")[0]
    .trim();
