"""One line a check, and the count at the end."""


class Failed(Exception):
    """A check does not hold."""


class Abandoned(Exception):
    """A check that the following ones cannot do without has failed."""


class Report:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, body):
        """Runs a check; answers its value, or nothing when it failed."""
        try:
            value = body()
        except Exception as error:  # whatever a library throws is a failed check
            self._fail(name, error)
            return None
        self.passed += 1
        print(f"ok    {name}", flush=True)
        return value

    def must(self, name, body):
        """A check whose value the rest needs: when it fails, the rest is left out."""
        failed = self.failed
        value = self.check(name, body)
        if self.failed > failed:
            raise Abandoned
        return value

    def run(self, checks):
        """Runs all checks, says the count and answers the exit code."""
        try:
            checks(self)
        except Abandoned:
            print("      the checks after this one need it and were not run")
        except Exception as error:  # whatever it was, the count is said
            self._fail("the run itself", error)
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        return 0 if self.failed == 0 and self.passed > 0 else 1

    def _fail(self, name, error):
        self.failed += 1
        print(f"FAIL  {name}: {reason(error)}", flush=True)


def ensure(condition, otherwise):
    """Fails a check unless `condition` holds."""
    if not condition:
        raise Failed(otherwise)


def refusal_of(body, kind, otherwise):
    """Fails a check unless `body` raises `kind`; answers the error."""
    try:
        body()
    except kind as error:
        return error
    raise Failed(otherwise)


def reason(error):
    if isinstance(error, Failed):
        return str(error)
    return f"{type(error).__name__}: {error}"
