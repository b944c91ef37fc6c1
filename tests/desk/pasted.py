"""What Word and Google Docs put on the clipboard."""

WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15"><style><!--
p.MsoNormal{margin:0cm;font-size:11.0pt;font-family:"Calibri",sans-serif}
@list l0:level1{mso-level-number-format:bullet;} --></style></head><body lang=EN-GB>
<!--StartFragment--><h1 style='mso-style-next:Normal'><span style='font-family:"Calibri Light"'>Big heading
one</span></h1>
<h2>Sub heading<o:p></o:p></h2>
<p class=MsoNormal><b style='mso-bidi-font-weight:normal'><span lang=EN-US style='color:red'>Bold red</span></b> and
<i>italic</i> with a
<a href="https://example.org/a?utm=1" target="_blank" onclick="x()">link</a>&nbsp;here.<o:p>&nbsp;</o:p>
</p><p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;
</span></span></span><![endif]>First item<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>Second
item<o:p></o:p></p>
<table class=MsoTableGrid border=1><tr><td width=200 style='width:150pt'><p class=MsoNormal>A1</p></td><td><p
class=MsoNormal>B1</p></td></tr></table>
<p class=MsoNormal><img width=100 src="file:///C:/Users/x/clip_image001.png"></p><!--EndFragment--></body></html>"""

DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1a2b3c"><h2 dir="ltr"
style="line-height:1.38;"><span style="font-size:16pt;font-weight:400;">Docs heading</span></h2><p dir="ltr"
style="line-height:1.38;"><span style="font-size:11pt;font-weight:400;">Plain then </span><span
style="font-weight:700;">bold by span</span><span style="font-style:italic;font-weight:400"> italic by span</span> <a
href="https://www.google.com/url?q=https://example.org/real&amp;sa=D" style="text-decoration:none;"><span
style="text-decoration:underline;color:#1155cc">redirect link</span></a></p><ul><li dir="ltr"
style="list-style-type:disc;" aria-level="1"><p dir="ltr" role="presentation"><span>Item one</span></p></li></ul><br
/><p><span><span style="border:none;display:inline-block;width:10px"><img
src="https://lh3.googleusercontent.com/abc" width="10" height="10"></span></span></p></b><script>alert(1)</script>"""

PASTE = """(editor, html) => {
    const data = new DataTransfer()
    data.setData("text/html", html)
    data.setData("text/plain", "plain")
    editor.focus()
    editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
}"""
