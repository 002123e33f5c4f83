// What a browser reads of a page: its title and the forms in its main part.

import { parse } from 'parse5';

/** The page of a response. `forms` are those in `<main>`, where the page has one. */
export function documentOf(url, response, html) {
  const root = parse(html);
  const main = first(root, 'main') ?? root;
  const policies = (response.headers.get('content-security-policy') ?? '').split(',');
  const forms = all(main, 'form').map((form) => formOf(form, url, policies));
  const title = text(first(root, 'title') ?? root);
  return { url, status: response.status, title, forms };
}

function formOf(form, url, policies) {
  const attributes = attributesOf(form);
  return {
    page: url,
    policies,
    method: (attributes.method ?? 'get').toLowerCase(),
    action: new URL(attributes.action ?? '', url),
    fields: all(form, 'input', 'select', 'textarea').map(fieldOf).filter((field) => field.name),
    buttons: [...all(form, 'button'), ...all(form, 'input')].map(buttonOf).filter(Boolean),
  };
}

function fieldOf(element) {
  const attributes = attributesOf(element);
  const own = { name: attributes.name, autocomplete: attributes.autocomplete ?? '' };
  if (element.tagName === 'textarea') return { ...own, type: 'textarea', value: text(element) };
  if (element.tagName === 'select') {
    const options = all(element, 'option').map(attributesOf);
    const chosen = options.find((option) => 'selected' in option) ?? options[0];
    return { ...own, type: 'select', value: chosen?.value ?? '' };
  }
  const type = (attributes.type ?? 'text').toLowerCase();
  const ticked = type === 'checkbox' || type === 'radio';
  const value = attributes.value ?? (ticked ? 'on' : '');
  return { ...own, type, value, checked: 'checked' in attributes };
}

function buttonOf(element) {
  const { type, name, value, disabled } = attributesOf(element);
  const isInput = element.tagName === 'input';
  const submits = isInput ? type?.toLowerCase() === 'submit' : !['button', 'reset'].includes(type);
  if (!submits || disabled !== undefined) return undefined;
  return { name, value: value ?? '', text: isInput ? (value ?? '') : text(element) };
}

function attributesOf(element) {
  return Object.fromEntries(element.attrs.map(({ name, value }) => [name, value]));
}

function all(node, ...tags) {
  const found = [];
  for (const child of node.childNodes ?? []) {
    if (tags.includes(child.tagName)) found.push(child);
    found.push(...all(child, ...tags));
  }
  return found;
}

function first(node, tag) {
  return all(node, tag)[0];
}

function text(node) {
  if (node.nodeName === '#text') return node.value;
  return (node.childNodes ?? []).map(text).join('').replace(/\s+/g, ' ').trim();
}
