"""What pages tell machines in their head."""

from django import template

from stories.site import structured

register = template.Library()


@register.simple_tag(takes_context=True)
def story_data(context):
    """Describe the story shown; a preview is described to nobody."""
    if context.get("banner"):
        return ""
    names = ("request", "version", "document", "names", "citations", "translations")
    return structured.script(structured.story_graph(*(context[name] for name in names)))


@register.simple_tag(takes_context=True)
def term_data(context):
    versions = [card["version"] for card in context["cards"]]
    graph = structured.term_graph(
        context["request"], context["term"], versions, context["canonical"], context.get("trail", ())
    )
    return structured.script(graph)


@register.simple_tag(takes_context=True)
def front_data(context):
    return structured.script(structured.front_graph(context["request"]))
