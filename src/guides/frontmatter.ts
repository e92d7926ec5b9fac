/** The YAML between the two lines of `---` that start a guide's file, from the file's second line on; undefined without them. */
export function frontmatterOf(source: string): string | undefined {
  return /^---\r?\n([\s\S]*?)\r?\n---/.exec(source)?.[1];
}
