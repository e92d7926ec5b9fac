/** Fetches the step-through's script when the first one comes near the viewport. */
const found = document.querySelectorAll('step-through');
const observer = new IntersectionObserver(
  (entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    // Where the network is lost the steps stay the list they are, and the next that comes near tries again.
    import('./step-through.ts').then(
      () => {
        observer.disconnect();
      },
      () => undefined,
    );
  },
  { rootMargin: '600px 0px' },
);
for (const element of found) observer.observe(element);
