/** Fetches the step-through's script when the first one comes near the viewport. */
const found = document.querySelectorAll('step-through');
const observer = new IntersectionObserver(
  (entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    void import('./step-through.ts');
  },
  { rootMargin: '600px 0px' },
);
for (const element of found) observer.observe(element);
