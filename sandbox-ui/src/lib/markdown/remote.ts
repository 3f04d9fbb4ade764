/** Where the page's stand-ins for remote links and images lead. */
export const remote = new WeakMap<Element, { target: string; kind: string }>();

/** A click shows where it leads; a second one opens it in a new tab. One listener for all of the page. */
export function openRemoteOnClick(root: HTMLElement): () => void {
  const open = (event: Event) => {
    if (event instanceof KeyboardEvent && event.key !== 'Enter') return;
    const stand = event.target instanceof Element ? event.target.closest('.remote') : null;
    const to = stand && remote.get(stand);
    if (!stand || !to || !URL.canParse(to.target)) return;
    event.preventDefault();
    const link = document.createElement('a');
    link.href = to.target;
    link.rel = 'noopener noreferrer nofollow';
    link.target = '_blank';
    link.textContent = to.target;
    stand.replaceWith(`${stand.textContent} (`, link, ')');
    link.focus();
  };
  root.addEventListener('click', open);
  root.addEventListener('keydown', open);
  return () => {
    root.removeEventListener('click', open);
    root.removeEventListener('keydown', open);
  };
}
