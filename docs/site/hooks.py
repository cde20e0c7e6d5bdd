"""What MkDocs asks for while it builds the site: links out of the documentation become their text, since only docs/ is in it."""
import os
import re

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(((?:\.\./)+[^)#\s]+)(?:#[^)]*)?\)")


def on_page_markdown(markdown, page, **_):
    """The page without links to files above docs/."""
    folder = os.path.dirname(page.file.src_path)

    def inside(match):
        target = os.path.normpath(os.path.join(folder, match[2]))
        return match[1] if target.startswith("..") else match[0]

    return LINK.sub(inside, markdown)
