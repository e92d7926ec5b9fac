/**
 * The kebab-case form of a fact's or measure's name, by which guides refer to it: lower case, letters and digits
 * kept, everything else one hyphen. `slug('On-call doctors (after)')` is `on-call-doctors-after`.
 */
export function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
}
