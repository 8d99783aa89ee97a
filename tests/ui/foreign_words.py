"""What people, models and files may say, and no page may take for anything but words."""

# Whatever becomes an element carries data-injected or a handler, or asks for evil.example or port 9.
MARKUP = (
    "<img src=x data-injected onerror=alert(1)>",
    "\"'><svg data-injected onload=alert(1)>",
    "<script data-injected>alert(1)</script>",
    "</p></div></section><h1 data-injected>headline</h1>",
    "<a data-injected href=//evil.example>Sign in</a>",
    '<img data-injected src="http://127.0.0.1:9/x.png">',
    '<iframe data-injected srcdoc="<script>alert(1)</script>"></iframe>',
    "<style data-injected>* { display: none !important }</style>",
    "<link data-injected rel=stylesheet href=//evil.example/x.css>",
    "<meta data-injected http-equiv=refresh content='0;url=//evil.example'>",
    "<base data-injected href=//evil.example/>",
    "<form data-injected action=//evil.example><button>Sign in</button></form>",
    "<input data-injected autofocus onfocus=alert(1)>",
    "<details data-injected open ontoggle=alert(1)>more",
    "<p data-injected style='background:url(//evil.example/x)'>grey",
    "<math><mtext><table><mglyph><style><img data-injected src onerror=alert(1)>",
    "<noscript><p title='</noscript><img data-injected src onerror=alert(1)>'>",
    "<!--><img data-injected src=x onerror=alert(1)>-->",
)
# These say something else once a template, Markdown, a formula or a decoder of entities had them.
WORDS = (
    "if a<b then c",
    "<lora:x:1>",
    "$$5 & $$6 and \\(x^2\\)",
    "&lt;img src=x onerror=alert(1)&gt; &amp;amp; &#60;b&#62;",
    "${alert(1)} `${alert(1)}` #{alert(1)}",
    "{{constructor.constructor('alert(1)')()}} {{{value}}} \\{{x}}",
    "**strong** _soft_ ~~gone~~ `code` [a](javascript:alert(1)) ![b](http://127.0.0.1:9/y.png)",
    "# headline\n\n- item\n  indented twice\n\n```mermaid\ngraph TD; A-->B\n```",
    "\u202egnp.eman\u202c \u2066one\u2069 \u05e9\u05dc\u05d5\u05dd \U0001f98a e\u0301",
    "http://evil.example/path www.evil.example somebody@evil.example",
    '__i18n__{"key":"common.submit"}',
    "null",
    "a  b   c\n   d",
)
ALL = (*MARKUP, *WORDS)
