/** Where labs, their results and their guides stand on disk. Pure. */
import path from 'node:path';

/** A lab's address, `<category>/<slug>/<name>`, taken apart. */
export interface LabAddress {
  /** `postgresql/transactions-and-isolation/write-skew` */
  readonly id: string;
  /** The guide's address, `postgresql/transactions-and-isolation`. */
  readonly guide: string;
  /** The lab's own name, `write-skew`. */
  readonly name: string;
}

/** Takes an address apart. @throws {RangeError} when it has not three parts in kebab-case. */
export function parseAddress(id: string): LabAddress {
  const parts = id.split('/');
  const [category, slug, name] = parts;
  if (
    parts.length !== 3 ||
    !category ||
    !slug ||
    !name ||
    !parts.every((part) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(part))
  ) {
    throw new RangeError(
      `“${id}” is no address of a lab. Write <category>/<guide>/<lab>, all in kebab-case.`,
    );
  }
  return { id, guide: `${category}/${slug}`, name };
}

/** The two folders that everything is found in, absolute. */
export interface Places {
  /** `src/labs`: programs and results. */
  readonly labs: string;
  /** `src/content/docs`: the guides. */
  readonly guides: string;
}

/** The places in a checkout. */
export const placesIn = (root: string): Places => ({
  labs: path.join(root, 'src', 'labs'),
  guides: path.join(root, 'src', 'content', 'docs'),
});

/** The files of a lab. */
export const filesOf = ({ labs, guides }: Places, { id, guide }: LabAddress) => ({
  program: path.join(labs, `${id}.ts`),
  result: path.join(labs, `${id}.result.json`),
  page: path.join(guides, `${guide}.mdx`),
  folder: path.join(labs, guide),
});
