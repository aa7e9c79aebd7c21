"""V1: notifications."""

from .rows import create, delete, find_listed, row_of, show, show_one, value
from .table import v1


@v1(
    "newNotification",
    "POST",
    "docent for students, admin",
    required={"user_id": "users", "type": "text", "data": "text"},
    answers=201,
)
def new_notification(call, **fields):
    """Makes a notification for a user."""
    return show_one(call, "notifications", create(call, "notifications", fields))


@v1("getAllNotifications", "GET", "docent, admin")
def all_notifications(call):
    """All notifications that the caller may see: a docent's own and students', an admin's all."""
    return show(call, "notifications", find_listed(call, "notifications"))


@v1("getAmountOfNotifications", "GET", "docent, admin")
def amount_of_notifications(call):
    """How many getAllNotifications gives: `{"total": n}`."""
    return {"total": len(find_listed(call, "notifications"))}


@v1("getNotificationDetails/{id:notifications}", "GET", "owner, docent, admin")
def one_notification(call, id):
    """One notification."""
    return show_one(call, "notifications", id)


@v1("getNotificationType/{id:notifications}", "GET", "owner, docent, admin")
def notification_type(call, id):
    """A notification's type: `{"type": "…"}`."""
    return {"type": value(call, "notifications", row_of(call, "notifications", id), "kind")}


@v1("delNotification/{id:notifications}", "POST", "owner, admin", answers=204)
def delete_notification(call, id):
    """Deletes a notification."""
    delete(call, "notifications", id)
