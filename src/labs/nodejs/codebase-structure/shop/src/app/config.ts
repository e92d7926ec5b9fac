import { inspect } from 'node:util';
import { z } from 'zod';

/** A value that log lines and error reports cannot show by accident. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [inspect.custom](): string {
    return '[secret]';
  }
}

/** The environment does not describe a working process. Its message names every variable and shows no value. */
export class ConfigError extends Error {}

// #region schema
const wholeNumber = z.string().regex(/^\d+$/, 'a whole number').transform(Number);
const secret = (text: z.ZodType<string>) => text.transform((value) => new Secret(value));

const schema = z.object({
  PORT: wholeNumber.pipe(z.number().min(1).max(65_535)),
  DATABASE_URL: secret(z.url({ protocol: /^postgres(ql)?$/, error: 'a postgres:// address' })),
  PAYMENTS_URL: z.url({ protocol: /^https?$/, error: 'an http(s) address' }),
  PAYMENTS_KEY: secret(z.string().min(20, 'at least 20 characters')),
  PAYMENTS_TIMEOUT_MS: wholeNumber.pipe(z.number().min(1).max(60_000)),
});
export type Config = Readonly<z.output<typeof schema>>;

/** Reads the environment once. @throws {ConfigError} that lists all that is wrong, names only. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return env[name] === undefined ? `${name}: is missing` : `${name}: must be ${message}`;
  });
  throw new ConfigError(problems.join('\n'));
}
// #endregion schema
