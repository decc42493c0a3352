// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/banner.h"

#include "theme/icons.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace paddock::ui {

namespace {

QString iconOf(words::Tone tone)
{
    switch (tone) {
    case words::Tone::Error: return u"error"_s;
    case words::Tone::Warn: return u"warning"_s;
    case words::Tone::Ok: return u"check"_s;
    case words::Tone::Accent: return u"shield"_s;
    default: return u"info"_s;
    }
}

} // namespace

Banner::Banner(words::Tone tone, const QString &title, const QString &text, QWidget *parent)
    : QFrame(parent),
      m_tone(tone),
      m_icon(new QLabel(this)),
      m_title(new QLabel(this)),
      m_text(new QLabel(this)),
      m_buttons(new QHBoxLayout),
      m_close(new QToolButton(this))
{
    setObjectName(u"banner"_s);
    m_icon->setFixedSize(16, 20);
    for (QLabel *label : {m_title, m_text}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_title->setObjectName(u"bannerTitle"_s);
    m_text->setObjectName(u"bannerText"_s);
    m_title->setFont(Theme::strongFont());
    m_close->setIcon(icons::get(u"close"_s));
    m_close->setAutoRaise(true);
    m_close->setToolTip(tr("Dismiss"));
    m_close->setAccessibleName(tr("Dismiss"));
    m_close->setObjectName(u"bannerClose"_s);
    connect(m_close, &QToolButton::clicked, this, &Banner::dismissed);

    auto *texts = new QVBoxLayout;
    texts->setSpacing(2);
    texts->addWidget(m_title);
    texts->addWidget(m_text);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 10, 10, 10);
    row->setSpacing(10);
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addLayout(texts, 1);
    m_buttons->setSpacing(8);
    row->addLayout(m_buttons);
    row->addWidget(m_close, 0, Qt::AlignVCenter);
    setText(title, text);
    const auto paintIcon = [this] {
        m_icon->setPixmap(icons::pixmap(iconOf(m_tone), words::ink(m_tone), 16, devicePixelRatioF()));
    };
    paintIcon();
    connect(Theme::instance(), &Theme::changed, this, paintIcon);
}

QPushButton *Banner::addAction(const QString &text, const QString &objectName, bool isDefault)
{
    auto *button = new QPushButton(text, this);
    button->setObjectName(objectName);
    button->setDefault(isDefault);
    button->setAutoDefault(false);
    if (isDefault)
        button->setProperty("primary", true);
    m_buttons->addWidget(button, 0, Qt::AlignVCenter);
    return button;
}

void Banner::setText(const QString &title, const QString &text)
{
    m_title->setText(title);
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
}

void Banner::setClosable(bool closable)
{
    m_close->setVisible(closable);
}

QString Banner::title() const
{
    return m_title->text();
}

QString Banner::text() const
{
    return m_text->text();
}

void Banner::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), words::ground(m_tone));
    painter.fillRect(QRect(0, height() - 1, width(), 1), Theme::tokens().border);
    painter.fillRect(QRect(0, 0, 3, height()), words::ink(m_tone));
}

BannerStack::BannerStack(QWidget *parent) : QWidget(parent)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
}

Banner *BannerStack::show(const QString &key, words::Tone tone, const QString &title, const QString &text)
{
    remove(key);
    auto *banner = new Banner(tone, title, text, this);
    banner->setProperty("key", key);
    layout()->addWidget(banner);
    connect(banner, &Banner::dismissed, this, [this, key] { remove(key); });
    return banner;
}

Banner *BannerStack::showError(const QString &key, const Error &error)
{
    QStringList lines;
    for (const QString &part : {error.where, error.detail, error.remedy}) {
        if (!part.isEmpty())
            lines.append(part);
    }
    return show(key, words::Tone::Error, error.message, lines.join(u'\n'));
}

void BannerStack::remove(const QString &key)
{
    if (Banner *old = banner(key)) {
        layout()->removeWidget(old);
        old->setParent(nullptr);
        old->deleteLater();
    }
}

void BannerStack::clear()
{
    const auto banners = findChildren<Banner *>(Qt::FindDirectChildrenOnly);
    for (const Banner *banner : banners)
        remove(banner->property("key").toString());
}

Banner *BannerStack::banner(const QString &key) const
{
    const auto banners = findChildren<Banner *>(Qt::FindDirectChildrenOnly);
    for (Banner *banner : banners) {
        if (banner->property("key").toString() == key)
            return banner;
    }
    return nullptr;
}

} // namespace paddock::ui
