/**
 * A link from search marks the words it found by a text directive (`#:~:text=…`). Once the browser has marked them, on
 * arrival or within the page, the directive is taken out of the address, so that what a reader copies from there is the
 * plain address of the section. The address itself never shows the directive to a script.
 */
const clean = () => {
  history.replaceState(history.state, '', location.href);
};
const [arrival] = performance.getEntriesByType('navigation');
const fromHere = document.referrer.startsWith(`${location.origin}/`);
if (fromHere && arrival?.name.includes(':~:')) clean();
addEventListener('popstate', clean);
