// Tables in Markdown, however they are padded.

const plain = (markdown) => markdown.replaceAll(/ +/g, " ").replaceAll(/\| ?:?-+:? ?/g, "|-");

/** Whether a document has this table. */
export const hasTable = (document, table) => plain(document).includes(plain(table));
