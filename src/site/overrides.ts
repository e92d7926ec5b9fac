/** Starlight's components that the site replaces, each by the file of the same name in `components/`. */
const replaced = [
  'ContentPanel',
  'Footer',
  'Head',
  'Header',
  'MarkdownContent',
  'PageFrame',
  'PageSidebar',
  'PageTitle',
  'Search',
  'Sidebar',
  'ThemeProvider',
  'ThemeSelect',
  'TwoColumnContent',
] as const;

/** The map that Starlight's `components` option takes. */
export const components = Object.fromEntries(
  replaced.map((name) => [name, `./src/site/components/${name}.astro`]),
);
