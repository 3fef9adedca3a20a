"""Names of the parameters of each method, for strict mode (held equal to aiogram's models by a test)."""

from __future__ import annotations

_SENDING = """
    allow_paid_broadcast allow_sending_without_reply business_connection_id chat_id
    direct_messages_topic_id disable_notification message_effect_id message_thread_id protect_content
    reply_parameters reply_to_message_id
"""

_NAMES = {
    "getMe": "",
    "getUpdates": "allowed_updates limit offset timeout",
    "setWebhook": """
        allowed_updates certificate drop_pending_updates ip_address max_connections secret_token url
    """,
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "logOut": "",
    "close": "",
    "sendMessage": _SENDING
    + """
        callback_query_id disable_web_page_preview entities ephemeral_message_parameters
        link_preview_options parse_mode receiver_user_id reply_markup suggested_post_parameters text
    """,
    "sendPhoto": _SENDING
    + """
        callback_query_id caption caption_entities ephemeral_message_parameters has_spoiler parse_mode photo
        receiver_user_id reply_markup show_caption_above_media suggested_post_parameters
    """,
    "sendDocument": _SENDING
    + """
        callback_query_id caption caption_entities disable_content_type_detection document
        ephemeral_message_parameters parse_mode receiver_user_id reply_markup suggested_post_parameters
        thumbnail
    """,
    "sendVoice": _SENDING
    + """
        callback_query_id caption caption_entities duration ephemeral_message_parameters parse_mode
        receiver_user_id reply_markup suggested_post_parameters voice
    """,
    "sendLocation": _SENDING
    + """
        callback_query_id ephemeral_message_parameters heading horizontal_accuracy latitude live_period
        longitude proximity_alert_radius receiver_user_id reply_markup suggested_post_parameters
    """,
    "sendVenue": _SENDING
    + """
        address callback_query_id ephemeral_message_parameters foursquare_id foursquare_type google_place_id
        google_place_type latitude longitude receiver_user_id reply_markup suggested_post_parameters title
    """,
    "sendContact": _SENDING
    + """
        callback_query_id ephemeral_message_parameters first_name last_name phone_number receiver_user_id
        reply_markup suggested_post_parameters vcard
    """,
    "sendMediaGroup": _SENDING + "media",
    "sendChatAction": "action business_connection_id chat_id message_thread_id",
    "editMessageText": """
        business_connection_id chat_id disable_web_page_preview entities inline_message_id
        link_preview_options message_id parse_mode reply_markup rich_message text
    """,
    "editMessageReplyMarkup": "business_connection_id chat_id inline_message_id message_id reply_markup",
    "editMessageCaption": """
        business_connection_id caption caption_entities chat_id inline_message_id message_id parse_mode
        reply_markup show_caption_above_media
    """,
    "editMessageMedia": """
        business_connection_id chat_id inline_message_id media message_id reply_markup
    """,
    "editMessageLiveLocation": """
        business_connection_id chat_id heading horizontal_accuracy inline_message_id latitude live_period
        longitude message_id proximity_alert_radius reply_markup
    """,
    "stopMessageLiveLocation": "business_connection_id chat_id inline_message_id message_id reply_markup",
    "deleteMessage": "chat_id message_id",
    "deleteMessages": "chat_id message_ids",
    "answerCallbackQuery": "cache_time callback_query_id show_alert text url",
    "setMyCommands": "commands language_code scope",
    "getMyCommands": "language_code scope",
    "deleteMyCommands": "language_code scope",
    "setMyName": "language_code name",
    "getMyName": "language_code",
    "setMyDescription": "description language_code",
    "getMyDescription": "language_code",
    "setMyShortDescription": "language_code short_description",
    "getMyShortDescription": "language_code",
    "setChatMenuButton": "chat_id menu_button",
    "getChatMenuButton": "chat_id",
    "setMyDefaultAdministratorRights": "for_channels rights",
    "getMyDefaultAdministratorRights": "for_channels",
    "getChat": "chat_id",
    "getChatMember": "chat_id user_id",
    "getChatAdministrators": "chat_id return_bots",
    "getChatMemberCount": "chat_id",
    "banChatMember": "chat_id revoke_messages until_date user_id",
    "banChatSenderChat": "chat_id sender_chat_id",
    "unbanChatMember": "chat_id only_if_banned user_id",
    "restrictChatMember": "chat_id permissions until_date use_independent_chat_permissions user_id",
    "promoteChatMember": """
        can_change_info can_delete_messages can_delete_stories can_edit_messages can_edit_stories
        can_invite_users can_manage_chat can_manage_direct_messages can_manage_tags can_manage_topics
        can_manage_video_chats can_pin_messages can_post_messages can_post_stories can_promote_members
        can_restrict_members can_send_welcome_messages chat_id is_anonymous user_id
    """,
    "getFile": "file_id",
    "setMessageReaction": "chat_id is_big message_id reaction",
    "pinChatMessage": "business_connection_id chat_id disable_notification message_id",
    "unpinChatMessage": "business_connection_id chat_id message_id",
    "unpinAllChatMessages": "chat_id",
    "copyMessage": """
        allow_paid_broadcast allow_sending_without_reply caption caption_entities chat_id
        direct_messages_topic_id disable_notification from_chat_id message_effect_id message_id
        message_thread_id parse_mode protect_content reply_markup reply_parameters reply_to_message_id
        show_caption_above_media suggested_post_parameters video_start_timestamp
    """,
    "copyMessages": """
        chat_id direct_messages_topic_id disable_notification from_chat_id message_ids message_thread_id
        protect_content remove_caption
    """,
    "forwardMessage": """
        chat_id direct_messages_topic_id disable_notification from_chat_id message_effect_id message_id
        message_thread_id protect_content suggested_post_parameters video_start_timestamp
    """,
    "forwardMessages": """
        chat_id direct_messages_topic_id disable_notification from_chat_id message_ids message_thread_id
        protect_content
    """,
    "leaveChat": "chat_id",
    "setChatTitle": "chat_id title",
    "setChatDescription": "chat_id description",
    "getUserProfilePhotos": "limit offset user_id",
}

PARAMETERS = {method: frozenset(names.split()) for method, names in _NAMES.items()}
