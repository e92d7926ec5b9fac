/** Adds rules to the page that came with a script: what is fetched when it is wanted brings its own looks. */
export function adoptStyles(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}
