"""The nouns, one a file. Nothing here knows how anything is published or shown."""

from stories.models.address import Address
from stories.models.author import Author
from stories.models.blocks import BLOCKS, Event, Figure, KeyPoint, Post, Question, Quote, Text
from stories.models.citation import Citation
from stories.models.filing import FILINGS, AuthorFiling, SourceFiling, TagFiling, TopicFiling
from stories.models.front import FrontPage
from stories.models.journal import SiteChange, StoryEvent
from stories.models.note import Note
from stories.models.picture import Picture
from stories.models.report import Report
from stories.models.revision import Revision
from stories.models.search import SearchRow
from stories.models.share import ShareLink
from stories.models.source import Source
from stories.models.story import Credit, Story
from stories.models.tag import StoryTag, Tag
from stories.models.topic import Topic
from stories.models.unsaved import Autosave, Presence
from stories.models.user import User
from stories.models.version import Version

__all__ = [
    "BLOCKS", "FILINGS",
    "Address", "Author", "AuthorFiling", "Autosave", "Citation", "Credit", "Event", "Figure", "FrontPage", "KeyPoint",
    "Note", "Picture", "Post", "Presence", "Question", "Quote", "Report", "Revision", "SearchRow", "ShareLink",
    "SiteChange", "Source", "SourceFiling", "Story", "StoryEvent", "StoryTag", "Tag", "TagFiling", "Text", "Topic",
    "TopicFiling", "User", "Version",
]  # fmt: skip
