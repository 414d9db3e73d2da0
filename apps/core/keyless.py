"""The addresses that take a form without a key, each with why a key makes no sense there. Everywhere else it is asked for.

What is posted to these is not looked up or kept as an answer either, whatever key it holds.
"""

from typing import Final

from django.http import HttpRequest

KEYLESS: Final[dict[str, str]] = {
    # Whoever comes in or goes out changes no record, twice is as good as once, and what they type is secret.
    "account_login": "to log in",
    "account_reauthenticate": "to show the password again",
    "mfa_authenticate": "to log in with a code",
    "mfa_login_webauthn": "to log in with a passkey",
    "account_logout": "to log out",
    # One's own view of the product; the last choice counts.
    "office:theme": "light or dark",
    "office:language": "the language of who is logged in",
    "set_language": "the language of a page without a login",
    "phone:act_keep": "an event of the phone, stored once by its own id; the key of its form may be what was wrong",
    "phone:holds": "what the phone holds now; the last word counts",
    "phone:push_add": "where a browser is reached, by its own word; the last word counts",
    "phone:push_remove": "one's own device gets no more pushes: twice is as good as once",
    # What is only read, or says itself what it was made from.
    "quote:totals": "shows the sums with other options ticked, and keeps nothing",
    "quotes:quote_save": "saves itself over and over; its revision says what it changes, and an older one is refused",
    "messaging:notice_mark": "one's own notice is read: twice is as good as once",
    "messaging:notice_mark_all": "one's own notices are read, up to the newest that was shown",
    "messaging:notice_open": "a link that also marks one's own notice as read",
}


def key_is_asked(request: HttpRequest) -> bool:
    """Whether this is a form that must hold a key."""
    found = request.resolver_match
    return request.method == "POST" and (found is None or found.view_name not in KEYLESS)
