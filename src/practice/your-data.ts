import { changeReader, exportReader, forgetReader, loadReader, mergeReaders, parseReader } from './store.ts';

const storage = () => localStorage;

const count = (many: number, one: string, more: string) => `${many} ${many === 1 ? one : more}`;

/** What is remembered, one line each; none when nothing is. */
function remembered(): string[] {
  const { read, place, stories, searches, depth } = loadReader(storage);
  const texts = Object.values(stories ?? {}).filter(({ answers }) => Object.keys(answers).length > 0);
  return [
    ...(Object.keys(read).length > 0
      ? [`${count(Object.keys(read).length, 'guide', 'guides')} that you can answer`]
      : []),
    ...(texts.length > 0 ? [count(texts.length, 'story of your own', 'stories of your own')] : []),
    ...(place ? [`the section you read last: ${place.heading}`] : []),
    ...(searches?.length ? [`what you searched for: ${searches.join(', ')}`] : []),
    ...(depth === 'full' ? [] : [`the depth you read at: ${depth}`]),
  ];
}

/** `<your-data>`: shows what the browser remembers for the site; saves it to a file, reads it from one, deletes it. */
class YourData extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector('[data-remembered]');
    const status = this.querySelector('[role=status]');
    const file = this.querySelector<HTMLInputElement>('input[type=file]');
    const confirm = this.querySelector('dialog');
    const say = (text: string) => {
      if (status) status.textContent = text;
    };
    const on = (selector: string, act: () => void) => {
      this.querySelector(selector)?.addEventListener('click', act);
    };
    const show = () => {
      const lines = remembered();
      list?.replaceChildren(
        ...(lines.length > 0 ? lines : ['Nothing yet.']).map((line) => {
          const item = document.createElement('li');
          item.textContent = line;
          return item;
        }),
      );
    };

    on('[data-save]', () => {
      const url = URL.createObjectURL(
        new Blob([exportReader(loadReader(storage))], { type: 'application/json' }),
      );
      const link = Object.assign(document.createElement('a'), {
        href: url,
        download: 'the-architect-round.json',
      });
      link.click();
      URL.revokeObjectURL(url);
      say('Saved as the-architect-round.json.');
    });
    file?.addEventListener('change', () => {
      const chosen = file.files?.[0];
      if (!chosen) return;
      void chosen
        .text()
        .then((text) => {
          const other = parseReader(text);
          say(
            changeReader(storage, (own) => mergeReaders(own, other))
              ? 'Added to what was here; nothing was overwritten.'
              : 'Your browser keeps nothing for this site, so the file could not be taken in.',
          );
        })
        .catch((error: unknown) => {
          say(error instanceof Error ? error.message : 'The file could not be read.');
        })
        .finally(() => {
          file.value = '';
          show();
        });
    });
    on('[data-delete]', () => confirm?.showModal());
    confirm?.addEventListener('close', () => {
      if (confirm.returnValue !== 'delete') return;
      say(forgetReader(storage) ? 'Deleted.' : 'Your browser did not allow it.');
      show();
    });
    addEventListener('storage', show);
    show();
    this.hidden = false;
  }
}

customElements.define('your-data', YourData);
