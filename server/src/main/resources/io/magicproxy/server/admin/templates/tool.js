export const manifest = { title: 'My tool', effect: 'none' };

/**
 * Says a text backwards. Models read this, and what stands at the parameters.
 * @param {string} text - The text.
 */
export function run(text) {
  return [...text].reverse().join('');
}
