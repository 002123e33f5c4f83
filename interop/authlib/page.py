"""What a browser reads of a page: its title and the forms in its main part."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass
class Field:
    name: str
    type: str
    value: str
    autocomplete: str = ""
    checked: bool = False


@dataclass
class Button:
    name: str
    value: str
    text: str


@dataclass
class Form:
    page: str
    policies: list
    method: str
    action: str
    in_main: bool
    fields: list = field(default_factory=list)
    buttons: list = field(default_factory=list)


@dataclass
class Page:
    """`left`: the address at the relying party, when the browser was sent there."""

    status: int = 0
    title: str = ""
    forms: list = field(default_factory=list)
    left: str = ""


def page_of(response):
    """The page of a response. `forms` are those in `<main>`, where the page has one."""
    reader = _Reader(response)
    reader.feed(response.text)
    reader.close()
    forms = [form for form in reader.forms if form.in_main or not reader.has_main]
    title = " ".join(reader.title.split())
    return Page(status=response.status_code, title=title, forms=forms)


class _Reader(HTMLParser):
    def __init__(self, response):
        super().__init__()
        self.url = response.url
        self.policies = response.headers.get("content-security-policy", "").split(",")
        self.forms = []
        self.title = ""
        self.has_main = False
        self._main = 0
        self._form = None
        self._button = None
        self._select = None
        self._textarea = None
        self._in_title = False

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.has_main = True
            self._main += 1
        elif tag == "title":
            self._in_title = True
        elif tag == "form" and self._form is None:
            self._form = self._form_of(attributes)
            self.forms.append(self._form)
        elif self._form is not None:
            self._in_form(tag, attributes)

    def handle_endtag(self, tag):
        if tag == "main":
            self._main -= 1
        elif tag == "title":
            self._in_title = False
        elif tag == "form":
            self._form = None
        elif tag == "button":
            self._button = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data):
        if self._in_title:
            self.title += data
        if self._button is not None:
            self._button.text += data
        if self._textarea is not None:
            self._textarea.value += data

    def _form_of(self, attributes):
        return Form(
            page=self.url,
            policies=self.policies,
            method=attributes.get("method", "get").lower(),
            action=urljoin(self.url, attributes.get("action") or self.url),
            in_main=self._main > 0,
        )

    def _in_form(self, tag, attributes):
        if tag == "input":
            self._input(attributes)
        elif tag == "textarea":
            self._textarea = self._field(attributes, "textarea")
        elif tag == "select":
            self._select = self._field(attributes, "select")
        elif tag == "option" and self._select is not None:
            if "selected" in attributes or not self._select.value:
                self._select.value = attributes.get("value", "")
        elif tag == "button" and attributes.get("type", "submit").lower() == "submit":
            name, value = attributes.get("name", ""), attributes.get("value", "")
            self._button = Button(name=name, value=value, text="")
            self._form.buttons.append(self._button)

    def _input(self, attributes):
        kind = attributes.get("type", "text").lower()
        if kind == "submit":
            name, value = attributes.get("name", ""), attributes.get("value", "")
            self._form.buttons.append(Button(name=name, value=value, text=value))
            return
        found = self._field(attributes, kind)
        if kind in ("checkbox", "radio") and "value" not in attributes:
            found.value = "on"

    def _field(self, attributes, kind):
        found = Field(
            name=attributes.get("name", ""),
            type=kind,
            value=attributes.get("value", ""),
            autocomplete=attributes.get("autocomplete", ""),
            checked="checked" in attributes,
        )
        if found.name:
            self._form.fields.append(found)
        return found
