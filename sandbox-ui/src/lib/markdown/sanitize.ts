import DOMPurify from 'dompurify';
import { remote } from './remote.ts';

/**
 * What a model writes is not trusted: no script, style, form or frame gets through, no id or name that could shadow the
 * page's own, and nothing is loaded from elsewhere. A remote image or link is shown as text; a click tells where
 * it leads, and only a second one goes there.
 */
const CONFIG = {
  RETURN_DOM_FRAGMENT: true,
  FORBID_TAGS: [
    'style',
    'form',
    'button',
    'iframe',
    'object',
    'embed',
    'svg',
    'math',
    'video',
    'audio',
    'source',
    'picture',
    'select',
    'textarea',
    'dialog',
  ],
  FORBID_ATTR: ['style', 'id', 'name', 'srcset', 'class', 'background', 'poster', 'ping', 'target'],
  ALLOW_DATA_ATTR: false,
} as const;

DOMPurify.addHook('afterSanitizeAttributes', node => {
  switch (node.tagName) {
    case 'A':
      return makeButton(node, node.getAttribute('href') ?? '', node.textContent || 'link');
    case 'IMG': {
      const source = node.getAttribute('src') ?? '';
      if (!/^data:image\/(png|jpeg|gif|webp);/.test(source))
        makeButton(node, source, node.getAttribute('alt') || 'image', 'image');
      return;
    }
    case 'INPUT':
      if (node.getAttribute('type') !== 'checkbox' || !node.hasAttribute('disabled')) node.remove();
      else node.setAttribute('aria-label', node.hasAttribute('checked') ? 'done' : 'open');
      return;
    case 'PRE':
      // Reached by keyboard, so that it can be scrolled.
      node.setAttribute('tabindex', '0');
      node.setAttribute('role', 'group');
      node.setAttribute('aria-label', 'Code');
      return;
    case 'TH':
    case 'TD': {
      const align = node.getAttribute('align');
      node.removeAttribute('align');
      if (align) node.classList.add(`al-${align}`);
      return;
    }
  }
});

/** DOMPurify walks on into what replaces the node, so the stand-in is made of what it lets through. */
function makeButton(node: Element, target: string, label: string, kind = 'link') {
  if (!/^https?:\/\//i.test(target)) {
    node.replaceWith(document.createTextNode(label));
    return;
  }
  const stand = document.createElement('span');
  stand.setAttribute('role', 'button');
  stand.setAttribute('tabindex', '0');
  stand.className = `remote remote-${kind}`;
  stand.title = target;
  stand.textContent = label;
  remote.set(stand, { target, kind });
  node.replaceWith(stand);
}

export function sanitize(html: string): DocumentFragment {
  return DOMPurify.sanitize(html, CONFIG as unknown as { RETURN_DOM_FRAGMENT: true });
}
