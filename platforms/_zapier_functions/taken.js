const given = bundle.cleanedRequest;
return Array.isArray(given) ? given : [given];
