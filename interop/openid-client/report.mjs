// One line a check, and the count at the end.

/** A check that the following ones cannot do without has failed. */
class Abandoned extends Error {}

export class Report {
  #passed = 0;
  #failed = 0;

  /** Runs a check; answers its value, or nothing when it failed. */
  async check(name, body) {
    try {
      const value = await body();
      this.#passed += 1;
      console.log(`ok    ${name}`);
      return value;
    } catch (error) {
      this.#failed += 1;
      console.log(`FAIL  ${name}: ${reason(error)}`);
      return undefined;
    }
  }

  /** A check whose value the rest needs: when it fails, the rest is left out. */
  async must(name, body) {
    const failed = this.#failed;
    const value = await this.check(name, body);
    if (this.#failed > failed) throw new Abandoned();
    return value;
  }

  /** Runs all checks, says the count and answers the exit code. */
  async run(checks) {
    try {
      await checks(this);
    } catch (error) {
      if (!(error instanceof Abandoned)) {
        this.#failed += 1;
        console.log(`FAIL  the run itself: ${reason(error)}`);
      } else {
        console.log('      the checks after this one need it and were not run');
      }
    }
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }
}

/** Fails a check unless `condition` holds. */
export function ensure(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

/** Fails a check unless `promise` is rejected; answers the error. */
export async function refusalOf(promise, otherwise) {
  let error;
  try {
    await promise;
  } catch (thrown) {
    error = thrown;
  }
  ensure(error !== undefined, otherwise);
  return error;
}

/** The messages of an error and of what caused it: libraries keep the telling one below. */
export function reason(error) {
  const messages = [];
  for (let at = error; at instanceof Error && messages.length < 4; at = at.cause) {
    if (!messages.includes(at.message)) messages.push(at.message);
  }
  return messages.join(': ') || String(error);
}
