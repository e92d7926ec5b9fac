/**
 * A link from search marks the words it found by a text directive (`#:~:text=…`). Once the browser has marked them, the
 * directive is taken out of the address, so that what a reader copies from there is the plain address of the section.
 */
const [arrival] = performance.getEntriesByType('navigation');
const fromHere = document.referrer.startsWith(`${location.origin}/`);
if (fromHere && arrival?.name.includes(':~:')) history.replaceState(history.state, '', location.href);
