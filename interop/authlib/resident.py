"""The person at the browser: reads the pages of the sign-in and fills them in."""

import re
import time

from report import Failed, ensure
from totp import STEP_SECONDS, code_of, step_now, wrong_code

PAGES_MAX = 12
WAITS_MAX = 2
_NOT_TYPED = {"hidden", "submit", "button", "reset", "image", "checkbox", "radio", "select"}
_NOT_SENT = {"submit", "button", "reset", "image"}
_NO = re.compile(r"\b(no|not|cancel|deny|denied|reject|refuse|decline|back|abort)\b", re.IGNORECASE)
_CODE = re.compile(r"otp|one.?time|code|(^|_|-)pin$", re.IGNORECASE)
_LOGIN = re.compile(r"login|user|account|vid|uin|number|name|ident|(^|_|-)id$", re.IGNORECASE)


class Resident:
    def __init__(self, login_name, totp_secret):
        self.login_name = login_name
        self.totp_secret = totp_secret

    def sign_in(self, browser, address):
        """Signs in and agrees to what is asked; answers the address at the relying party."""
        page = browser.open(address)
        waits = -1
        for _ in range(PAGES_MAX):
            if page.left:
                return page.left
            form = _form_of(page)
            if _asks_for_code(form):
                waits += 1
                ensure(waits <= WAITS_MAX, f"the one-time code is refused {waits} times")
                # Each code passes once, and somebody may have used the present one a moment ago.
                if waits > 0:
                    _wait_for_next_step()
            page = browser.submit(form, self._fill(form, code_of(self.totp_secret, step_now())))
        raise Failed(f"{PAGES_MAX} pages, and still not back at the relying party")

    def sign_in_wrongly(self, browser, address):
        """Enters a wrong code, once; answers what the browser shows then."""
        page = browser.open(address)
        for _ in range(PAGES_MAX):
            ensure(not page.left, "back at the relying party without being asked for a code")
            form = _form_of(page)
            page = browser.submit(form, self._fill(form, wrong_code(self.totp_secret, step_now())))
            if _asks_for_code(form):
                return page
        raise Failed(f"{PAGES_MAX} pages, and no field for a one-time code")

    def _fill(self, form, code):
        """Fills a form as a person who wants to get on: everything needed, nothing refused."""
        filled = []
        chosen = {field.name for field in form.fields if field.checked}
        for field in form.fields:
            if _is_code(field):
                filled.append((field.name, code))
            elif _is_login_name(field):
                filled.append((field.name, self.login_name))
            elif field.type == "radio":
                if field.checked or field.name not in chosen:
                    filled.append((field.name, field.value))
                chosen.add(field.name)
            elif field.type not in _NOT_SENT:
                filled.append((field.name, field.value))
        yes = next((button for button in form.buttons if not _is_no(button)), None)
        if yes is not None and yes.name:
            filled.append((yes.name, yes.value))
        return filled


def asks_who_is_there(page):
    """Whether a page asks a person to say who they are."""
    return any(
        _is_code(field) or _is_login_name(field) for form in page.forms for field in form.fields
    )


def _form_of(page):
    """The form a person would fill in: one with something to type, else one to agree with."""
    sent = [form for form in page.forms if form.method == "post"]
    typed = [form for form in sent if any(_is_typed(field) for field in form.fields)]
    agreed = [form for form in sent if any(not _is_no(button) for button in form.buttons)]
    found = next(iter(typed + agreed), None)
    ensure(found, f'page "{page.title}" (status {page.status}) has no form to go on with')
    return found


def _asks_for_code(form):
    return any(_is_code(field) for field in form.fields)


def _is_typed(field):
    return field.type not in _NOT_TYPED


def _is_code(field):
    if not _is_typed(field):
        return False
    told = field.autocomplete == "one-time-code" or field.type == "password"
    return told or bool(_CODE.search(field.name))


def _is_login_name(field):
    if not _is_typed(field) or _is_code(field):
        return False
    return field.autocomplete == "username" or bool(_LOGIN.search(field.name))


def _is_no(button):
    spoken = f"{button.name} {button.value} {button.text}"
    return bool(_NO.search(re.sub("[_-]", " ", spoken)))


def _wait_for_next_step():
    print("      waiting for the next one-time code", flush=True)
    time.sleep((step_now() + 1) * STEP_SECONDS - time.time() + 0.25)
