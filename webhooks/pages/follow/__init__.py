"""The pages behind links that residents are sent: the story of a request, and one button each.

They work without JavaScript and without a login; the unguessable word in the path is what proves.
A link that is opened does nothing (mail scanners open every link): only the button does. Nothing
on them names the resident, nothing is loaded from elsewhere.
"""
