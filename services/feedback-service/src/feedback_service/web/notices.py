"""The pages for when there is nothing to show; they tell nobody anything about anybody."""

from feedback_service.web.render import Notice

UNKNOWN = Notice(
    404,
    "We cannot find this page",
    (
        "The link seems to be incomplete. Please open it from our message again.",
        "If that does not help, simply answer the message. We are glad to help.",
    ),
)
CLOSED = Notice(
    410,
    "This link is no longer in use",
    (
        "For your protection, our links work for a limited time only.",
        "Please use the link in our latest message, or simply answer it. We are glad to help.",
    ),
)
NOT_READY = Notice(
    503,
    "One moment, please",
    ("Your page is being prepared. Please reload it in a few seconds.",),
    headers={"Retry-After": "5"},
)
FOREIGN = Notice(
    403,
    "Please answer on the page itself",
    (
        "This answer did not come from your page, so nothing was recorded.",
        "Please open the link from our message again and answer there.",
    ),
)
TOO_LARGE = Notice(413, "This answer is too long", ("Nothing was recorded. Please open your page again.",))
NOT_A_FORM = Notice(415, "This answer cannot be read", ("Nothing was recorded. Please open your page again.",))
TOO_MANY = Notice(
    429,
    "That was a lot of answers",
    (
        "We have recorded your earlier answers. Please wait a while before you give another one.",
        "If something is urgent, simply answer our message.",
    ),
    headers={"Retry-After": "3600"},
)


def stale_form(path: str) -> Notice:
    """The form's own id is missing or not ours: nothing is wrong with the customer."""
    return Notice(
        422,
        "Please fill in the form once more",
        ("Something of your answer was lost on its way, so nothing was recorded.",),
        {"href": path, "text": "Back to your page"},
    )
