// Elements of a swapped-in piece, the piece itself included.
export function find(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  if (root.matches?.(selector)) found.unshift(root);
  return found;
}
