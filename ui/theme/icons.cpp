// SPDX-FileCopyrightText: The Paddock authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/icons.h"

#include "models/roles.h"
#include "theme/theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

using namespace Qt::StringLiterals;

namespace paddock::ui::icons {

namespace {

class Engine final : public QIconEngine
{
public:
    Engine(QString name, const QColor &colour) : m_name(std::move(name)), m_colour(colour) {}

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        const Tokens &t = Theme::tokens();
        const QColor colour = mode == QIcon::Disabled ? t.disabled : m_colour.isValid() ? m_colour : t.text;
        // `size` counts device pixels here.
        return icons::pixmap(m_name, colour, int(qMin(size.width(), size.height()) / scale), scale);
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1.0);
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal scale = painter->device()->devicePixelRatioF();
        painter->drawPixmap(rect.topLeft(), scaledPixmap(rect.size() * scale, mode, state, scale));
    }

    [[nodiscard]] QIconEngine *clone() const override { return new Engine(*this); }
    QString key() const override { return u"paddock"_s; }
    QString iconName() override { return m_name; }

private:
    QString m_name;
    QColor m_colour;
};

} // namespace

QPixmap pixmap(const QString &name, const QColor &colour, int size, qreal devicePixelRatio)
{
    const QString key =
        u"paddock/%1/%2/%3/%4"_s.arg(name, colour.name(QColor::HexArgb)).arg(size).arg(devicePixelRatio);
    QPixmap result;
    if (QPixmapCache::find(key, &result))
        return result;
    QFile file(u":/icons/"_s + name + u".svg"_s);
    result = QPixmap(QSizeF(size * devicePixelRatio, size * devicePixelRatio).toSize());
    result.fill(Qt::transparent);
    if (file.open(QIODevice::ReadOnly)) {
        QByteArray svg = file.readAll();
        svg.replace("currentColor", colour.name().toLatin1());
        QSvgRenderer renderer(svg);
        QPainter painter(&result);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setOpacity(colour.alphaF());
        renderer.render(&painter);
    }
    result.setDevicePixelRatio(devicePixelRatio);
    QPixmapCache::insert(key, result);
    return result;
}

QIcon get(const QString &name, const QColor &colour)
{
    return QIcon(new Engine(name, colour));
}

QString nameOf(int nodeKind)
{
    using models::NodeKind;
    switch (NodeKind(nodeKind)) {
    case NodeKind::Plugin: return u"plugin"_s;
    case NodeKind::Method: return u"method"_s;
    case NodeKind::Dependency: return u"dependency"_s;
    case NodeKind::Dependant: return u"dependant"_s;
    case NodeKind::Handler: return u"handler"_s;
    case NodeKind::Middleware: return u"middleware"_s;
    case NodeKind::Event: return u"event"_s;
    case NodeKind::Cron: return u"clock"_s;
    case NodeKind::Migration: return u"database"_s;
    case NodeKind::Router: return u"router"_s;
    case NodeKind::Route: return u"route"_s;
    case NodeKind::Service: return u"service"_s;
    default: return {};
    }
}

} // namespace paddock::ui::icons
