/** `<follow-ups>`: its button opens all follow-ups of the page, or closes them. */
class FollowUpsToggle extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector('button');
    const all = () => [...document.querySelectorAll<HTMLDetailsElement>('details.follow-up')];
    if (!button) return;
    const label = () => {
      button.textContent = all().every(({ open }) => open) ? 'Close all' : 'Open all';
    };
    button.addEventListener('click', () => {
      const open = !all().every((details) => details.open);
      for (const details of all()) details.open = open;
      label();
    });
    for (const details of all()) details.addEventListener('toggle', label);
    button.hidden = false;
  }
}

customElements.define('follow-ups-toggle', FollowUpsToggle);

// Where a browser does not open a fold that a link leads into, the page does.
const openTarget = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = target?.closest('details');
  if (!target || !fold || fold.open) return;
  fold.open = true;
  target.scrollIntoView();
};
addEventListener('hashchange', openTarget);
openTarget();
