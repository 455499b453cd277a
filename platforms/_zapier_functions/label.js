const server = bundle.authData.base_url.replace(/^https?:[/][/]/i, '').replace(/[/]+$/, '');
return bundle.inputData.label + ' (' + server + ')';
