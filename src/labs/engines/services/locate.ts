/** Finds a service of the system: by a path variable, on PATH, or as a running one by an address variable. */
import { findOnPath } from '../path.ts';

/** How a service is found. */
export interface Place {
  /** Programs to look for, in order. */
  readonly programs: readonly string[];
  /** The variable that names the program: `LAB_REDIS_SERVER=/opt/valkey/bin/valkey-server`. */
  readonly pathVariable: string;
  /** The variable that gives the address of a running service, if labs can use one that they did not start. */
  readonly addressVariable?: string;
}

/** The program of a service. */
export function programOf(
  { programs, pathVariable }: Place,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const named = env[pathVariable];
  if (named) return named;
  for (const program of programs) {
    const found = findOnPath(program, env);
    if (found) return found;
  }
  return undefined;
}

/** The address of a running service. */
export const addressOf = (
  { addressVariable }: Place,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined => (addressVariable === undefined ? undefined : env[addressVariable] || undefined);

/** Why a service cannot be used, and how to mend it; undefined when it can. */
export function serviceMissing(place: Place, env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (programOf(place, env) ?? addressOf(place, env)) return undefined;
  const ways = [
    `set ${place.pathVariable} to its path`,
    place.addressVariable && `set ${place.addressVariable} to its address`,
  ];
  return `${place.programs.join(' or ')} is not on PATH. Install it (npm run labs:services -- --install), ${ways.filter(Boolean).join(', or ')}`;
}
