/** Where the page's stand-ins for remote links and images lead. A model's own `role=button` is not among them. */
export const remote = new WeakMap<Element, string>();

/** A click shows where it leads; a second one opens it in a new tab. One listener for all of the page. */
export function openRemoteOnClick(root: HTMLElement): void {
  const open = (event: Event) => {
    if (event instanceof KeyboardEvent && event.key !== 'Enter') return;
    const stand = event.target instanceof Element ? event.target.closest('[role=button]') : null;
    const target = stand && remote.get(stand);
    if (!stand || !target) return;
    event.preventDefault();
    const link = document.createElement('a');
    link.href = target;
    link.rel = 'noopener noreferrer nofollow';
    link.target = '_blank';
    link.textContent = target;
    stand.replaceWith(`${stand.textContent} (`, link, ')');
    link.focus();
  };
  root.addEventListener('click', open);
  root.addEventListener('keydown', open);
}
