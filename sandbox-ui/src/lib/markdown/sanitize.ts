import DOMPurify from 'dompurify';
import { remote } from './remote.ts';

/**
 * What a model writes is not trusted. Its HTML is text already (blocks.ts); this is the second wall: no script, style, form or frame gets through, no id or name that could shadow the
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
      return makeButton(node, node.getAttribute('href') ?? '', node.textContent || 'link', 'link');
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

/** DOMPurify goes on into the stand-in: it may have only attributes that a model's text may have, too. */
function makeButton(node: Element, target: string, label: string, kind: 'link' | 'image') {
  if (!/^https?:\/\//i.test(target)) {
    node.replaceWith(document.createTextNode(label));
    return;
  }
  const stand = document.createElement('span');
  stand.setAttribute('role', 'button');
  stand.setAttribute('tabindex', '0');
  stand.title = target;
  stand.textContent = kind === 'image' ? `▣ ${label}` : label;
  remote.set(stand, target);
  node.replaceWith(stand);
}

export function sanitize(html: string): DocumentFragment {
  return DOMPurify.sanitize(html, CONFIG as unknown as { RETURN_DOM_FRAGMENT: true });
}
