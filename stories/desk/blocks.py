"""The story's body in its form: one ordered list of blocks of all types."""

import uuid

from content_editor.admin import ContentEditorInline

from stories.desk.rows import RowForm, RowsFormSet, StoryPartMixin, add_problems, posted_uuid
from stories.models import BLOCKS
from stories.publishing.document import BLOCK_FIELDS
from stories.publishing.working_copy import block_document


class BlockIds:
    """Gives each posted block its id: the posted one if it is new or this story's own, else another.

    Scripts make the ids of new blocks in the form, so what comes may be anything. No block gets an id that another
    block has or had claimed before in the same form, so nothing can overwrite another story's row.
    """

    def __init__(self, story_id, posted):
        self.story_id = story_id
        self.claimed = set()
        ids = {pk for pk in map(posted_uuid, posted) if pk}
        self.owners = {}
        for model in BLOCKS.values():
            for pk, parent in model.objects.filter(pk__in=ids).values_list("pk", "parent_id"):
                self.owners[pk] = (model, parent)

    def claim(self, posted, model):
        """Return (id, whether that row exists) for a block of `model` with the id `posted`."""
        pk = posted_uuid(posted)
        owner = self.owners.get(pk)
        if pk is None or pk in self.claimed or (owner and owner != (model, self.story_id)):
            return uuid.uuid4(), False
        self.claimed.add(pk)
        return pk, owner is not None


class BlockFormSet(RowsFormSet):
    def __init__(self, *args, ids=None, **kwargs):
        self.ids = ids
        super().__init__(*args, **kwargs)

    def row(self, prefix):
        pk, exists = self.ids.claim(self.data.get(f"{prefix}-id"), self.model)
        return self.rows_by_id[str(pk)] if exists else self.model(pk=pk)

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["id"].widget.attrs["data-new"] = "uuid"


class BlockForm(RowForm):
    def has_changed(self):
        """A block that was added and stayed empty is no block."""
        if not self.instance._state.adding:
            return super().has_changed()
        return any(not self.fields[name].widget.is_hidden for name in self.changed_data)

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            document = block_document(self.instance)
            kind = document.pop("type")
            del document["id"]
            add_problems(self, BLOCK_FIELDS[kind], document)


class BlockInline(StoryPartMixin, ContentEditorInline):
    form = BlockForm
    formset = BlockFormSet


def inline(name, icon, *lines, **attributes):
    """Return the inline of a block type; `lines` are its fields as a fieldset takes them."""
    return BlockInline.create(
        BLOCKS[name], icon=icon, fieldsets=[(None, {"fields": [*lines, "region", "ordering"]})], **attributes
    )


INLINES = [
    inline("text", "notes", "html"),
    inline("key_point", "check_circle", ("icon", "label"), "detail"),
    inline("question", "help", "question", "answer"),
    inline("event", "event", "date", "detail"),
    inline("quote", "format_quote", "words", "attribution", "language"),
    inline(
        "post", "forum", ("account", "handle", "platform"), "words", "note", ("posted_on", "posted_at"),
        ("url", "language"),
    ),
    inline("figure", "image", "picture", "caption", autocomplete_fields=["picture"]),
]  # fmt: skip
