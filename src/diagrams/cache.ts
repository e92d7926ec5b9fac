import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Drawing } from './draw/request.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Finished drawings in a folder, one file each. An entry carries a checksum of itself: what was cut off or changed is
 * taken as absent, and drawn anew.
 */
export class Cache {
  readonly #folder: string;
  readonly #salt: string;

  /** @param salt everything beside the request that shapes a drawing, in one text */
  constructor(folder: string, salt: string) {
    this.#folder = folder;
    this.#salt = salt;
  }

  #file(request: string): string {
    return path.join(this.#folder, `${sha256(`${this.#salt}\0${request}`).slice(0, 40)}.json`);
  }

  get(request: string): Drawing | undefined {
    let text: string;
    try {
      text = readFileSync(this.#file(request), 'utf8');
    } catch {
      return undefined;
    }
    const [checksum, body] = [text.slice(0, 64), text.slice(65)];
    return sha256(body) === checksum ? (JSON.parse(body) as Drawing) : undefined;
  }

  set(request: string, drawing: Drawing): void {
    mkdirSync(this.#folder, { recursive: true });
    const file = this.#file(request);
    const body = JSON.stringify(drawing);
    // Written beside and renamed: a build that dies half-way leaves no torn entry behind.
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, `${sha256(body)}\n${body}`);
    renameSync(draft, file);
  }
}
