from django.urls import path, register_converter

from stories.models import Author, Source, Tag, Topic
from stories.site import (
    archive,
    at,
    corrections,
    feeds,
    history,
    media,
    record,
    reports,
    search,
    share,
    sitemaps,
    views,
)
from stories.site.paths import (
    DayConverter,
    FormatConverter,
    InstantConverter,
    MonthConverter,
    MonthNumberConverter,
    NumberConverter,
    SlugConverter,
)

register_converter(SlugConverter, "name")
register_converter(FormatConverter, "format")
register_converter(MonthConverter, "month")
register_converter(MonthNumberConverter, "monthnumber")
register_converter(DayConverter, "day")
register_converter(NumberConverter, "number")
register_converter(InstantConverter, "instant")

urlpatterns = [
    path("", views.front, name="front"),
    path("<int:year>/<int:month>/<int:day>/<name:slug>/", views.story, name="story"),
    path("about/", views.about, name="about"),
    path("about/<name:slug>/", views.story, name="page"),
    path("topics/", views.topics, name="topics"),
    path("topics/<name:slug>/", views.topic, name="topic"),
    path("tags/", views.tags, name="tags"),
    path("tags/<name:slug>/", views.tag, name="tag"),
    path("sources/", views.sources, name="sources"),
    path("sources/<name:slug>/", views.source, name="source"),
    path("authors/", views.authors, name="authors"),
    path("authors/<name:slug>/", views.author, name="author"),
]

# What became of a story, and what readers say of it.
for place in ("<int:year>/<int:month>/<int:day>/<name:slug>/", "about/<name:slug>/"):
    urlpatterns += [
        path(place + "history/", history.history),
        path(place + "history/<number:number>/", history.version),
        path(place + "history/<number:old>-<number:new>/", history.diff),
        path(place + "report/", reports.report),
    ]

urlpatterns += [
    path("corrections/", corrections.page, name="corrections"),
    path("search/", search.page, name="search"),
]

urlpatterns += [
    path("archive/", archive.newest, name="archive"),
    path("archive/<int:year>/<monthnumber:month>/", archive.month, name="archive-month"),
]

# The site at another time.
urlpatterns += [
    path("at/", at.choose, name="at"),
    path("at/<instant:instant>/", at.at, name="at-front"),
    path("at/<instant:instant>/<path:path>", at.at),
]

# Not for readers: whoever was given a link.
urlpatterns += [path("share/<str:token>/", share.share, name="share")]

# What machines read.
urlpatterns += [
    path("feeds/all.<format:format>", feeds.all_stories, name="feed-all"),
    path("feeds/topics/<name:slug>.<format:format>", feeds.term, {"model": Topic}, name="feed-topic"),
    path("feeds/tags/<name:slug>.<format:format>", feeds.term, {"model": Tag}, name="feed-tag"),
    path("feeds/sources/<name:slug>.<format:format>", feeds.term, {"model": Source}, name="feed-source"),
    path("feeds/authors/<name:slug>.<format:format>", feeds.term, {"model": Author}, name="feed-author"),
    path("feeds/corrections.<format:format>", corrections.feed, name="feed-corrections"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/pages.xml", sitemaps.about, name="sitemap-pages"),
    path("sitemaps/terms-<int:page>.xml", sitemaps.of_terms, name="sitemap-terms"),
    path("sitemaps/stories-<month:month>.xml", sitemaps.stories, name="sitemap-stories"),
    path("sitemaps/stories-<month:month>-<int:page>.xml", sitemaps.stories, name="sitemap-stories"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("record/<day:day>.txt", record.day, name="record"),
    path("media/<path:name>", media.media, name="media"),
]
