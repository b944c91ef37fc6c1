"""What an editor says on the publish page, and what the page said to the editor."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stories.models import Version

MAX_ID = 2**63 - 1
YEARS_AHEAD = 10

CHANGES = {
    Version.Change.UPDATE: (
        gettext_lazy("Update"),
        gettext_lazy("There are new facts. The story is marked as updated, with the time."),
    ),
    Version.Change.MINOR: (
        gettext_lazy("Minor change"),
        gettext_lazy("Spelling, grammar or layout: nothing that was said changes. It is not marked as updated."),
    ),
    Version.Change.CLARIFICATION: (
        gettext_lazy("Clarification"),
        gettext_lazy("It was right, but could be misunderstood. Readers are shown your note."),
    ),
    Version.Change.CORRECTION: (
        gettext_lazy("Correction"),
        gettext_lazy("Something was wrong. Readers are shown what was wrong and what is right."),
    ),
    Version.Change.EDITORS_NOTE: (
        gettext_lazy("Editor’s note"),
        gettext_lazy("Readers should know something about the story itself. They are shown your note."),
    ),
}
SEVERITIES = [
    ("normal", gettext_lazy("Normal: a detail was wrong")),
    ("major", gettext_lazy("Major: something the story rests on was wrong")),
    ("critical", gettext_lazy("Critical: what the story says as a whole was wrong")),
]


def tell(form, error):
    """Put what a verb says on the field of the argument that it misses, on the whole form if it names none."""
    name = getattr(error, "argument", "")
    form.add_error(name if name in form.fields else None, str(error))


class SeenForm(forms.Form):
    """The ids of the live and the pending version that the page showed: of two editors at once one is told."""

    seen_live = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    seen_pending = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)

    @property
    def expecting(self):
        return self.cleaned_data["seen_live"], self.cleaned_data["seen_pending"]

    def clean(self):
        if {"seen_live", "seen_pending", "revision"} & set(self.errors):
            raise ValidationError(_("This page was incomplete. Look at it again, then press the button once more."))


class MomentForm(SeenForm):
    """A day and a time in the site's time zone; `at` is the instant."""

    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("This is not a day. Write it like 2025-03-01.")},
    )
    time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("This is not a time of day. Write it like 09:00.")},
    )

    @property
    def at(self):
        return self.cleaned_data.get("at")

    def clean(self):
        super().clean()
        if self.wants_moment() and not {"day", "time"} & set(self.errors):
            self.cleaned_data["at"] = self.moment()

    def wants_moment(self):
        return True

    def moment(self):
        day, time = self.cleaned_data["day"], self.cleaned_data["time"]
        if not day or not time:
            raise ValidationError({"day" if not day else "time": _("Choose a day and a time.")})
        today = timezone.localdate()
        if day < today:
            raise ValidationError({"day": _("That day has passed.")})
        if day.year > today.year + YEARS_AHEAD:
            raise ValidationError({"day": _("Choose a day within the next ten years.")})
        return from_current_timezone(datetime.datetime.combine(day, time))


class DeclarationForm(SeenForm):
    """What a change is declared to be, and what becomes of a version that waits for its time."""

    change = forms.ChoiceField(
        label=gettext_lazy("What kind of change is it?"), required=False, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("Note for readers"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Public: what changed, and why. A clarification and an editor’s note need one."),
    )
    wrong = forms.CharField(
        label=gettext_lazy("What was wrong"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Public, as it stood: “An earlier version said …”"),
    )
    right = forms.CharField(
        label=gettext_lazy("What is right"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Public."),
    )
    severity = forms.ChoiceField(label=gettext_lazy("How serious it was"), required=False, choices=SEVERITIES)
    override = forms.CharField(
        label=gettext_lazy("Why it goes out all the same"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Readers see this reason in the story’s history."),
    )
    pending = forms.ChoiceField(label=gettext_lazy("The waiting version"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args, state, **kwargs):
        super().__init__(*args, **kwargs)
        self.state = state
        self.fields["change"].choices = [(str(change), CHANGES[change][0]) for change in self.offered()]
        if state.pending:
            values = {"number": state.pending.number, "next": state.pending.number + 1}
            self.fields["pending"].choices = [
                (
                    "merge",
                    _("Keep it: it goes out at its time as version %(next)s, with this change merged into it.")
                    % values,
                ),
                ("cancel", _("Cancel it: version %(number)s as it was planned is never published.") % values),
            ]

    def offered(self):
        """Return the kinds of change that the editor may choose."""
        return list(CHANGES)

    @property
    def correction(self):
        """Return {wrong, right, severity} of a correction, else None."""
        if self.cleaned_data["change"] != Version.Change.CORRECTION:
            return None
        return {name: self.cleaned_data[name] for name in ("wrong", "right", "severity")}


class PublishForm(DeclarationForm, MomentForm):
    revision = forms.UUIDField()
    when = forms.ChoiceField(
        choices=[("now", "now"), ("later", "later")],
        error_messages={"required": gettext_lazy("Say when: now, or at a time.")},
    )

    def offered(self):
        return super().offered() if self.state.is_changed else [Version.Change.EDITORS_NOTE]

    @staticmethod
    def initial_for(state):
        """Return what the form begins with: what was said of the waiting version, which it may replace."""
        plan = state.pending
        if not plan:
            return {"severity": "normal"}
        reasons = {"override": plan.overrides[0]["reason"]} if plan.overrides else {}
        if not state.live:
            return {"severity": "normal", **reasons}
        correction = plan.document["correction"] or {"severity": "normal"}
        return {"change": plan.change, "note": plan.note, **correction, **reasons}

    def wants_moment(self):
        return self.cleaned_data.get("when") == "later"
