"""contents: a tree inside one module, ordered among siblings."""

from sqlalchemy import BigInteger, bindparam, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from ...engine.resource import Resource
from ...engine.session import Statement
from ...errors import ParentDropped, RelationshipRefused
from ...namespaces.database import Row, db, to_one
from ...schemas.course.contents import ContentSchema


class Content(Row, db.Model):
    __tablename__ = "contents"

    title: Mapped[str]
    content: Mapped[str]
    order: Mapped[int] = mapped_column(BigInteger)
    module_id: Mapped[str] = to_one("modules", "CASCADE")
    parent_id: Mapped[str] = to_one("contents", "CASCADE", required=False)


class Contents(Resource):
    schema = ContentSchema
    model = Content
    order = ("order",)

    def check(self, session, change, findings):
        """A parent is of the same module, and no content is its own ancestor."""
        parent, module = change.value("parent"), change.value("module")
        if parent is None or module is None or not change.relationships.keys() & {"parent", "module"}:
            return  # without a module, which has been said too, there is nothing to compare with
        parent_module = session.scalar(_module_of, id=parent)
        if parent_module is None:
            return  # there is no such parent, which has been said
        if not change.creating and session.scalar(_descendant, id=change.id, wanted=parent):
            findings.add(
                RelationshipRefused(
                    f"The content '{parent}' cannot be the parent of '{change.id}': it is that itself, or below it.",
                    pointer=change.at("parent"),
                )
            )
        elif parent_module != module and not self._moves_away(change):
            findings.add(
                RelationshipRefused(
                    f"The parent must be of the same module: content '{parent}' belongs to module '{parent_module}', "
                    f"{'this one' if change.creating else repr(change.id)} to module '{module}'.",
                    pointer=change.at("parent"),
                )
            )
        elif parent_module != module and not self._comes_along(session, parent, change.together):
            change.relationships["parent"] = None
            findings.warn(
                ParentDropped(
                    f"The content moved to module '{module}' and its parent '{parent}' stayed in module "
                    f"'{parent_module}', so it has no parent now.",
                    pointer=change.at("module"),
                )
            )

    @staticmethod
    def _moves_away(change):
        """Whether the content goes to another module and its parent is not named anew; whole records name the old one."""
        return change.before("module") not in (None, change.value("module")) and change.before(
            "parent"
        ) == change.value("parent")

    @staticmethod
    def _comes_along(session, parent, together):
        """Whether `parent` or something above it is among the contents that the same request moves."""
        return bool(together) and any(id_ in together for (id_,) in session.rows(_ancestors, id=parent))

    def complete(self, session, change):
        """`order`, left out of a new content, is one more than the largest among its siblings."""
        if change.creating and "order" not in change.attributes:
            largest = session.scalar(_largest_order, module=change.value("module"), parent=change.value("parent"))
            change.attributes["order"] = 0 if largest is None else min(largest + 1, 2**63 - 1)

    def written(self, session, change):
        """The descendants go to the module with it."""
        if not change.creating and "module" in change.relationships:
            session.run(_move_descendants, id=change.id, module=change.relationships["module"])


_contents = Content.__table__


def _descendants():
    """The ids of a content (parameter id) and of everything below it."""
    tree = select(_contents.c.id).where(_contents.c.id == bindparam("id")).cte("tree", recursive=True)
    child = _contents.alias()
    return tree.union(select(child.c.id).where(child.c.parent_id == tree.c.id))


def _line():
    """The ids of a content (parameter id) and of everything above it."""
    line = select(_contents.c.id, _contents.c.parent_id).where(_contents.c.id == bindparam("id"))
    line = line.cte("line", recursive=True)
    above = _contents.alias()
    return line.union(select(above.c.id, above.c.parent_id).where(above.c.id == line.c.parent_id))


_tree = _descendants()
_ancestors = Statement(select(_line().c.id))
_module_of = Statement(select(_contents.c.module_id).where(_contents.c.id == bindparam("id")))
_descendant = Statement(select(_tree.c.id).where(_tree.c.id == bindparam("wanted")))
_move_descendants = Statement(
    update(_contents).where(_contents.c.id.in_(select(_tree.c.id))).values(module_id=bindparam("module"))
)
_largest_order = Statement(
    select(func.max(_contents.c.order)).where(
        _contents.c.module_id == bindparam("module"), _contents.c.parent_id.is_not_distinct_from(bindparam("parent"))
    )
)
