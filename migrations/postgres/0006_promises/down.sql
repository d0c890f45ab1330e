DROP INDEX reply_items_by_promise;
