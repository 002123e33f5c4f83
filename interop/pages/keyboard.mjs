// Somebody who has no mouse: goes from field to field with the tabulator and presses keys.

import { ensure } from '../openid-client/report.mjs';

const TABS_MAX = 150;

export class Keyboard {
  constructor(page) {
    this.page = page;
  }

  /** Goes on until the focus is on what `wanted` says: `{ tag, name, value, text, href, type }`, texts or RegExps. */
  async to(wanted) {
    for (let tab = 0; tab < TABS_MAX; tab += 1) {
      const focus = await this.focus();
      if (focus && fits(focus, wanted)) {
        ensure(focus.seen, `the focus on ${describe(wanted)} cannot be seen`);
        return focus;
      }
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`${describe(wanted)} is not reached on ${this.page.url()}`);
  }

  /** Follows a link or presses a button and waits for the page it leads to. */
  async press(wanted) {
    await this.to(wanted);
    await Promise.all([this.page.waitForNavigation(), this.page.keyboard.press('Enter')]);
  }

  /** Types into a field, over what stands in it. */
  async type(wanted, text) {
    await this.to(wanted);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.type(text);
  }

  /** Ticks a box or chooses among radio buttons: the arrows go from one to the next. */
  async choose(name, value) {
    await this.to({ tag: 'input', name });
    for (let step = 0; step < 20; step += 1) {
      const focus = await this.focus();
      if (focus.value === value) return this.page.keyboard.press('Space');
      await this.page.keyboard.press('ArrowDown');
    }
    throw new Error(`${name} has no choice ${value}`);
  }

  /** What has the focus, and whether one can see that it has. */
  focus() {
    return this.page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return undefined;
      const style = getComputedStyle(at);
      const box = at.getBoundingClientRect();
      return {
        tag: at.tagName.toLowerCase(),
        type: at.getAttribute('type') ?? '',
        name: at.getAttribute('name') ?? '',
        value: at.value ?? '',
        href: at.getAttribute('href') ?? '',
        text: at.textContent.replace(/\s+/g, ' ').trim(),
        seen: box.width > 1 && box.height > 1 && style.outlineStyle !== 'none',
      };
    });
  }
}

function fits(focus, wanted) {
  return Object.entries(wanted).every(([key, value]) =>
    value instanceof RegExp ? value.test(focus[key]) : focus[key] === value,
  );
}

function describe(wanted) {
  return Object.entries(wanted).map(([key, value]) => `${key} ${value}`).join(', ');
}
